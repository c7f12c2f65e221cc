using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>A write, for the store and for the model of it.</summary>
/// <param name="What">For messages.</param>
/// <param name="Kind">How it comes to the disk.</param>
/// <param name="Run">Asks the store for it. Returns the answer, be it a refusal; throws where the store fails.</param>
/// <param name="Apply">What it does to a state.</param>
internal sealed record StoreWrite(string What, WriteKind Kind, Func<IStorageEngine, Task<string>> Run, Func<StoreState, StoreEffect> Apply)
{
    /// <param name="what">For messages.</param>
    /// <param name="run">Asks the store for it.</param>
    /// <param name="apply">The result and the state after it. Throws what the store refuses it with.</param>
    public static StoreWrite Of<T>(string what, Func<IStorageEngine, Task<T>> run, Func<StoreState, (T Result, StoreState After)> apply) =>
        new(what, WriteKind.Shared, async store => await AnswerAsync(run(store)), state => Effect(() => apply(state)));

    /// <summary>A write that has no result and is never refused.</summary>
    /// <param name="what">For messages.</param>
    /// <param name="kind">How it comes to the disk.</param>
    /// <param name="run">Asks the store for it.</param>
    /// <param name="apply">The states after each of its transactions.</param>
    public static StoreWrite Of(string what, WriteKind kind, Func<IStorageEngine, Task> run, Func<StoreState, IReadOnlyList<StoreState>> apply)
    {
        return new(what, kind, DoneAsync, state => new("", apply(state)));

        async Task<string> DoneAsync(IStorageEngine store)
        {
            await run(store);
            return "";
        }
    }

    private static StoreEffect Effect<T>(Func<(T Result, StoreState After)> apply)
    {
        try
        {
            var (result, after) = apply();
            return new(StoreText.Of(result), after);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return new(StoreText.Of(e));
        }
    }

    private static async Task<string> AnswerAsync<T>(Task<T> run)
    {
        try
        {
            return StoreText.Of(await run);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return StoreText.Of(e);
        }
    }

    private static bool IsRefusal(Exception e) => e is ServerException or AddressTakenException;
}
