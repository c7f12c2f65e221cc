using System.Text;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Tests.LiteDb.Files;

/// <summary>Files that were changed as chance would seldom change them. What must not be opened is refused with a sentence, and stays as it is.</summary>
public class LiteFileDamageTests
{
    private static readonly SampleDatabase Closed = SampleDatabase.Closed();
    private static readonly SampleDatabase Killed = SampleDatabase.Killed();

    public static TheoryData<byte[]> ForeignFiles => new()
    {
        Encoding.ASCII.GetBytes(new string('h', 20_000)),
        // As LiteDB's password makes one.
        (byte[])[1, .. new byte[16_383]],
        (byte[])[.. "SQLite format 3\0"u8, .. new byte[16_368]],
    };

    [Theory]
    [MemberData(nameof(ForeignFiles))]
    public void Open_ForeignFile_IsRefused(byte[] content) =>
        Assert.Contains("is not a database of this service", Closed.With(SampleDatabase.Name, _ => content).Refused());

    [Fact]
    public void Open_PageAtAnothersPlace_IsRefused()
    {
        var moved = Closed.With(SampleDatabase.Name, content =>
        {
            content.AsSpan(4 * PageStream.PageSize, PageStream.PageSize).CopyTo(content.AsSpan(5 * PageStream.PageSize));
            return content;
        });

        Assert.Contains("page 5", moved.Refused());
    }

    [Fact]
    public void Open_LogIsEmpty_IsRefused() => Assert.Contains("is missing or damaged", Killed.With(SampleDatabase.Log, _ => []).Refused());

    [Theory]
    [InlineData(LogHeader.Length)]
    [InlineData(LogHeader.Length + (5 * LogFrame.Length))]
    public void Open_LogIsCut_IsRefused(int length) => Assert.Contains("damaged", Killed.With(SampleDatabase.Log, content => content[..length]).Refused());

    [Fact]
    public void Open_NewestHeaderOfTheLogIsErased_DoesNotGoBackToTheOneBefore()
    {
        for (var slot = 0; slot < 2; slot++)
        {
            var erased = Killed.With(SampleDatabase.Log, content =>
            {
                content.AsSpan(slot * 4096, 4096).Clear();
                return content;
            });
            if (!erased.Content(SampleDatabase.Log).AsSpan().SequenceEqual(Killed.Content(SampleDatabase.Log)))
                Assert.Contains("is missing or damaged", erased.Refused());
        }
    }

    [Fact]
    public void Open_LastCommitIsErased_TheMarkTells()
    {
        var frames = Frames();
        var erased = Killed.With(SampleDatabase.Log, content =>
        {
            content.AsSpan(LogHeader.Length + ((frames - 1) * LogFrame.Length), LogFrame.Length).Clear();
            return content;
        });

        Assert.Contains("its commit was acknowledged", erased.Refused());
    }

    private static int Frames()
    {
        using var log = Killed.Copy().Disk.Open(SampleDatabase.Log);
        var header = new LogHeader(log);
        header.Read();
        var frame = new byte[LogFrame.Length];
        var frames = 0;
        while (log.Read(LogHeader.Length + (frames * LogFrame.Length), frame) == frame.Length && LogFrame.IsOf(frame, header.Generation))
            frames++;
        return frames;
    }
}
