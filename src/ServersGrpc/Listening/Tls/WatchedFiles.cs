using System.Security.Cryptography;
using System.Text;

namespace ServersGrpc.Listening.Tls;

/// <summary>
/// What is made of a few small files, and made again when they change. They are read and compared whole: stamps say nothing of a link that
/// was turned above a file, which is how certificates are exchanged in many places. What can't be used changes nothing.
/// </summary>
internal sealed class WatchedFiles<T> where T : class
{
    private readonly IReadOnlyList<string> _files;
    private readonly Func<IReadOnlyList<string>, T> _make;
    private volatile T _value;
    private string _used;
    private string? _trouble;
    private bool _isTold;

    /// <param name="files">Their paths.</param>
    /// <param name="make">Makes the value of their texts.</param>
    /// <exception cref="TlsFileException">They can't be used.</exception>
    public WatchedFiles(IReadOnlyList<string> files, Func<IReadOnlyList<string>, T> make)
    {
        (_files, _make) = (files, make);
        var texts = Read();
        _used = Digest(texts);
        _value = make(texts);
    }

    public T Value => _value;

    /// <summary>Looks whether the files have changed. Not to be called twice at once.</summary>
    /// <returns>Whether there is another value now, and what to tell of files that can't be used: once.</returns>
    public (bool Changed, string? Trouble) Look()
    {
        string found;
        string message;
        try
        {
            var texts = Read();
            found = Digest(texts);
            if (found == _used)
            {
                _trouble = null;
                return (false, null);
            }
            _value = _make(texts);
            (_used, _trouble) = (found, null);
            return (true, null);
        }
        catch (TlsFileException e)
        {
            message = e.Message;
        }
        // Files are exchanged one after the other. Only what is as wrong at the next look is wrong.
        if (_trouble != message)
            (_trouble, _isTold) = (message, false);
        else if (!_isTold)
        {
            _isTold = true;
            return (false, message);
        }
        return (false, null);
    }

    private string[] Read() => [.. _files.Select(Read)];

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TlsFileException($"{file} can't be read: {e.Message}", e);
        }
    }

    // Of a key no copy is kept that nobody needs.
    private static string Digest(IReadOnlyList<string> texts) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts))));
}
