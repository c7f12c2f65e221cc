using System.ComponentModel.DataAnnotations;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Fleet;

/// <summary>How large a request for a server may be: part of section Servers:Limits.</summary>
public sealed class RequestLimits
{
    /// <summary>Bytes of user data, 0 to 64 KiB. A cloud may take less: Hetzner takes 32 KiB. Default: 32 KiB.</summary>
    [Range(0, 64 * 1024)]
    public int MaxUserDataSize { get; set; } = 32 * 1024;

    /// <summary>Labels of a server, those of the caller's scope among them, 0 to 128. Default: 64.</summary>
    [Range(0, 128)]
    public int MaxLabels { get; set; } = 64;

    /// <summary>Characters of a label's value, 1 to 512. Default: 255.</summary>
    [Range(1, LabelRules.MaxValueLength)]
    public int MaxLabelLength { get; set; } = 255;
}
