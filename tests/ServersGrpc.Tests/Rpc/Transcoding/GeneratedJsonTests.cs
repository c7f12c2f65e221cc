using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServersGrpc.Tests.Rpc.Transcoding.Samples;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Thousands of messages at random, against the protobuf library. A failure names the seed of its message.</summary>
public sealed partial class GeneratedJsonTests
{
    private const int Messages = 2_000;

    private static readonly TypeRegistry Types = TypeRegistry.FromFiles(SamplesReflection.Descriptor);
    private static readonly JsonParser Parser = new(new JsonParser.Settings(100, Types));
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(Types).WithFormatDefaultValues(true));

    private static readonly Sample[] Generated = [.. Enumerable.Range(0, Messages).Select(seed => new MessageGenerator(seed).Next<Sample>())];

    private readonly JsonFace _face = new();

    [Fact]
    public void Message_WrittenAndRead_IsTheSame() => ForAll(message =>
    {
        var (read, problems) = _face.Read<Sample>(_face.Write(message));

        Assert.Empty(problems);
        AssertEqual(message, read);
    });

    [Fact]
    public void Message_WrittenHereAndReadByTheLibrary_IsTheSame() => ForAll(message =>
        AssertEqual(message, Parser.Parse<Sample>(LongInteger().Replace(_face.Write(message), "\"$0\""))));

    [Fact]
    public void Message_WrittenByTheLibraryAndReadHere_IsTheSame() => ForAll(message =>
    {
        var (read, problems) = _face.Read<Sample>(Formatter.Format(message));

        Assert.Empty(problems);
        AssertEqual(message, read);
    });

    [Fact]
    public void Message_WrittenHereAndByTheLibrary_IsTheSameButForLongIntegers() => ForAll(message =>
    {
        using var ours = JsonDocument.Parse(_face.Write(message));
        using var theirs = JsonDocument.Parse(Formatter.Format(message));

        AssertSame(ours.RootElement, theirs.RootElement, "$");
    });

    private static void ForAll(Action<Sample> check)
    {
        for (var seed = 0; seed < Messages; seed++)
        {
            try
            {
                check(Generated[seed]);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"The message of the seed {seed} fails: {e.Message}", e);
            }
        }
    }

    private static void AssertEqual(Sample expected, Sample actual)
    {
        // Texts first: of two long ones it is said where they differ.
        Assert.Equal(Formatter.Format(expected), Formatter.Format(actual));
        Assert.Equal(expected, actual);
    }

    private static void AssertSame(JsonElement ours, JsonElement theirs, string path)
    {
        switch (ours.ValueKind, theirs.ValueKind)
        {
            case (JsonValueKind.Object, JsonValueKind.Object):
                var (members, others) = (Members(ours), Members(theirs));
                Assert.True(members.Keys.Order().SequenceEqual(others.Keys.Order()), $"{path} has {string.Join(", ", members.Keys.Except(others.Keys))} and not {string.Join(", ", others.Keys.Except(members.Keys))}");
                foreach (var (name, value) in members)
                    AssertSame(value, others[name], $"{path}.{name}");
                break;
            case (JsonValueKind.Array, JsonValueKind.Array):
                Assert.Equal(theirs.GetArrayLength(), ours.GetArrayLength());
                for (var i = 0; i < ours.GetArrayLength(); i++)
                    AssertSame(ours[i], theirs[i], $"{path}[{i}]");
                break;
            case (JsonValueKind.Number, JsonValueKind.Number):
                Assert.True(BitConverter.DoubleToInt64Bits(ours.GetDouble()) == BitConverter.DoubleToInt64Bits(theirs.GetDouble()), $"{path} is {ours} and not {theirs}");
                break;
            case (JsonValueKind.Number, JsonValueKind.String):
                // A long integer: a number here, a string there.
                Assert.True(ours.GetRawText() == theirs.GetString(), $"{path} is {ours} and not {theirs}");
                break;
            default:
                Assert.True(ours.ValueKind == theirs.ValueKind && ours.ToString() == theirs.ToString(), $"{path} is {ours} and not {theirs}");
                break;
        }
    }

    private static Dictionary<string, JsonElement> Members(JsonElement element) =>
        element.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);

    /// <summary>What the library would read through a double, and not exactly: quoted, it does not.</summary>
    [GeneratedRegex(@"(?<=[:\[,])-?[0-9]{16,20}(?=[,\]}])")]
    private static partial Regex LongInteger();
}
