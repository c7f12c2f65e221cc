using System.IO.Compression;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ServersGrpc.FakeCloud.Machines;

/// <summary>Reads user data as cloud-init does on a machine's first boot, as far as the files go that it writes.</summary>
internal static class CloudConfig
{
    private const string Mark = "#cloud-config";

    /// <summary>The files by path. None, where the user data is none that cloud-init takes, as a real machine would boot then too.</summary>
    public static Dictionary<string, string> WrittenFiles(string userData)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        if (userData.Split('\n', 2)[0].TrimEnd() != Mark) return files;
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(userData));
            if (yaml.Documents is not [{ RootNode: YamlMappingNode root }, ..]) return files;
            if (!root.Children.TryGetValue("write_files", out var list) || list is not YamlSequenceNode entries) return files;
            foreach (var entry in entries.OfType<YamlMappingNode>())
            {
                if (Text(entry, "path") is { } path) files[path] = Decode(Text(entry, "content") ?? "", Text(entry, "encoding"));
            }
        }
        catch (Exception exception) when (exception is YamlException or FormatException or InvalidDataException)
        {
            // cloud-init logs it on the machine and writes nothing.
            files.Clear();
        }

        return files;
    }

    private static string? Text(YamlMappingNode entry, string name) =>
        entry.Children.TryGetValue(name, out var value) && value is YamlScalarNode scalar ? scalar.Value : null;

    private static string Decode(string content, string? encoding) => encoding switch
    {
        "b64" or "base64" => Encoding.UTF8.GetString(Convert.FromBase64String(content)),
        "gz+b64" or "gz+base64" or "gzip+b64" or "gzip+base64" => Unzip(Convert.FromBase64String(content)),
        null or "text/plain" => content,
        _ => throw new FormatException($"There is no encoding '{encoding}'."),
    };

    private static string Unzip(byte[] bytes)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
