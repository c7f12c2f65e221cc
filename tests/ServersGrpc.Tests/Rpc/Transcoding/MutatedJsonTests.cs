using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServersGrpc.Tests.Rpc.Transcoding.Samples;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>Spoiled JSON: nothing of it is a surprise, and what the protobuf library takes or refuses, so do we, but for what is listed.</summary>
public sealed partial class MutatedJsonTests
{
    private const int Texts = 10_000;
    private const int Bases = 500;

    private static readonly TypeRegistry Types = TypeRegistry.FromFiles(SamplesReflection.Descriptor);
    private static readonly JsonParser Library = new(new JsonParser.Settings(100, Types));
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(Types));

    /// <summary>What is refused here and not by the library, by our words.</summary>
    private static readonly string[] Stricter =
    [
        // Which one was meant, nobody knows.
        "given twice",
        // White space in it.
        "is not base64",
        // A point without digits after it, which .NET takes for a part of a number.
        @"""-?[0-9]+\."" is not a|\[-?[0-9]+\.\]: .* the key is not a whole number",
    ];

    /// <summary>What is taken here and not by the library, by its words.</summary>
    private static readonly string[] Laxer =
    [
        // Null is no choice (the conformance tests of protobuf say so).
        "Multiple values specified for oneof",
        // Base64 without padding.
        "Invalid base64 data",
        // An Any of nothing.
        "Any message with no @type",
        // The number of an enum as a string.
        "Invalid enum value: -?[0-9]",
    ];

    private readonly JsonFace _face = new();

    // By the library, which leaves out what is not set and quotes long integers: so short texts, and no difference to begin with.
    private readonly string[] _bases = [.. Enumerable.Range(0, Bases).Select(seed => Formatter.Format(new MessageGenerator(seed).Next<Sample>()))];

    [Fact]
    public void Text_Spoiled_IsTakenOrRefusedAsByTheLibrary()
    {
        var differences = new List<string>();
        var (taken, refused) = (0, 0);
        for (var seed = 0; seed < Texts; seed++)
        {
            var text = Spoiled(seed);
            var (ours, problems) = _face.Read<Sample>(text);
            var (theirs, error) = ReadByLibrary(text);
            var same = (problems.Count == 0, error is null) switch
            {
                (true, true) => ours.Equals(theirs) || WithoutMasks(ours) == WithoutMasks(theirs!),
                (false, false) => true,
                (false, true) => problems.Any(problem => Stricter.Any(reason => Regex.IsMatch(problem, reason))),
                (true, false) => Laxer.Any(reason => Regex.IsMatch(error!, reason)),
            };
            if (!same)
                differences.Add($"seed {seed}: {(problems.Count == 0 ? "taken" : problems[0])}; the library: {error ?? "taken"}\n{text}");
            if (problems.Count == 0)
                taken++;
            else
                refused++;
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences, such as\n{string.Join('\n', differences.Take(5))}");
        // Both must be common enough, or there was nothing to compare.
        Assert.InRange(taken, Texts / 20, Texts);
        Assert.InRange(refused, Texts / 10, Texts);
    }

    private string Spoiled(int seed)
    {
        var text = new JsonMutator(seed).Mutate(_bases[seed % _bases.Length]);
        // The library gets characters and we get bytes: halves of a pair, cut apart, would be no bytes.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }

    // "fooBAR" is foo_b_a_r here, so that it is written as it was read; the library takes it for foo_bar.
    private static string WithoutMasks(Sample message) => FieldMasks().Replace(Formatter.Format(message), "");

    [GeneratedRegex("""
        "fieldMasks?": ("[^"]*"|\[[^\]]*\])
        """)]
    private static partial Regex FieldMasks();

    private static (Sample? Message, string? Error) ReadByLibrary(string text)
    {
        try
        {
            return (Library.Parse<Sample>(text), null);
        }
        catch (Exception e) when (e is InvalidJsonException or InvalidProtocolBufferException or InvalidOperationException)
        {
            return (null, e.Message);
        }
    }
}
