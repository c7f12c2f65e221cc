using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Auth;

/// <summary>The token of first start: made once, kept in a file that only its owner reads. Only its hash stays in memory.</summary>
internal sealed class AdminToken
{
    public const string FileName = "admin.token";

    /// <summary>Who the bearer is in events.</summary>
    public const string Actor = "admin";

    private const int Bytes = 32;
    private const int MinLength = 16;
    private const int MostOnStack = 512;

    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];

    private AdminToken(string token) => Hash(token, _hash);

    /// <summary>Reads the token of a data directory, or makes one.</summary>
    /// <exception cref="StoreOpenException">The file can't be read or written, or holds no usable token.</exception>
    public static AdminToken ReadOrMake(DataDirectory directory, ILogger logger)
    {
        var file = directory.File(FileName);
        try
        {
            if (!File.Exists(file))
            {
                Make(file);
                AuthLog.TokenMade(logger, file);
            }
            var token = File.ReadAllText(file).Trim();
            return token.Length >= MinLength
                ? new(token)
                : throw new StoreOpenException($"{file} holds a token of fewer than {MinLength} characters. Remove the file to have one made.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The admin token {file} can't be read or made: {e.Message}", e);
        }
    }

    /// <summary>Compares in a time that says nothing about the token.</summary>
    public bool Is(ReadOnlySpan<char> token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(token, hash);
        return CryptographicOperations.FixedTimeEquals(hash, _hash);
    }

    private static void Make(string file)
    {
        // Written aside and renamed: a crash leaves no half of a token.
        var aside = file + ".new";
        File.Delete(aside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(aside, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes)) + "\n"));
            stream.Flush(flushToDisk: true);
        }
        File.Move(aside, file);
    }

    private static void Hash(ReadOnlySpan<char> token, Span<byte> hash)
    {
        var most = Encoding.UTF8.GetMaxByteCount(token.Length);
        var utf8 = most <= MostOnStack ? stackalloc byte[MostOnStack] : new byte[most];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
    }
}
