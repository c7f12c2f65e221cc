using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>What became of a write.</summary>
/// <param name="Write">The write.</param>
/// <param name="Answer">What its caller was told.</param>
/// <param name="Failure">Why it is not known whether it was done; null: it is.</param>
internal sealed record StoreOutcome(StoreWrite Write, string Answer, StoreUnavailableException? Failure = null)
{
    /// <summary>Waits for a write.</summary>
    public static StoreOutcome Of(StoreWrite write, Task<string> running)
    {
        try
        {
            return new(write, running.GetAwaiter().GetResult());
        }
        catch (StoreUnavailableException e)
        {
            return new(write, "", e);
        }
        catch (Exception e)
        {
            // No caller expects it, and no model either.
            return new(write, e.ToString());
        }
    }
}
