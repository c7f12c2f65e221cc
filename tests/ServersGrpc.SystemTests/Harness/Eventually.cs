namespace ServersGrpc.SystemTests.Harness;

/// <summary>Waits for what will be true soon, and says what was the case instead when it does not come true.</summary>
internal static class Eventually
{
    /// <summary>Generous: a busy machine must not fail a test that is right.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks until the condition holds and returns what was seen then.</summary>
    public static Task<T> SeeAsync<T>(Func<Task<T>> look, Func<T, bool> condition, string expectation) =>
        SeeAsync(look, condition, seen => $"{expectation}. Last seen: {seen}", Patience);

    /// <summary>The same with another patience, and words of its own for what was seen instead.</summary>
    public static async Task<T> SeeAsync<T>(Func<Task<T>> look, Func<T, bool> condition, Func<T, string> expectation, TimeSpan patience)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (condition(seen)) return seen;
            if (TimeProvider.System.GetElapsedTime(start) > patience)
                throw new TimeoutException($"Not within {patience.TotalSeconds} s: {expectation(seen)}");
            await Task.Delay(Pause);
        }
    }

    public static Task<bool> BeAsync(Func<bool> condition, string expectation) =>
        SeeAsync(() => Task.FromResult(condition()), holds => holds, expectation);
}
