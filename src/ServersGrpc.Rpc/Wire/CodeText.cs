using System.Globalization;
using Grpc.Core;

namespace ServersGrpc.Rpc.Wire;

/// <summary>Status codes as header values, made once.</summary>
internal static class CodeText
{
    private static readonly string[] Known =
        [.. Enum.GetValues<StatusCode>().Select(code => ((int)code).ToString(CultureInfo.InvariantCulture))];

    public static string Of(StatusCode code) =>
        (uint)code < (uint)Known.Length ? Known[(int)code] : ((int)code).ToString(CultureInfo.InvariantCulture);
}
