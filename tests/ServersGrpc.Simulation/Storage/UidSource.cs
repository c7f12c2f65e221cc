using System.Globalization;

namespace ServersGrpc.Simulation.Storage;

/// <summary>Uids in the order in which they are asked for.</summary>
internal sealed class UidSource
{
    private int _last;

    public string Next() => (++_last).ToString("x32", CultureInfo.InvariantCulture);
}
