using System.Collections.Concurrent;
using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Providers;

public class CallGateTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task StepAside_WhileACallOnlyWaits_OthersHaveItsPlace()
    {
        var gate = new CallGate(1, 100, _time);
        var aside = gate.InTurnAsync(() => AsideAsync(gate, default), default);

        Assert.Equal(7, await gate.InTurnAsync(() => Task.FromResult(7), default).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.False(aside.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(5, await aside.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal((0, 0), (gate.Running, gate.Waiting));
    }

    [Fact]
    public async Task StepAside_ItsPlaceWasTaken_GoesOnBeforeWhatIsNewAndTakesNothingOfTheRate()
    {
        var gate = new CallGate(1, 2, _time);
        var holder = new TaskCompletionSource<int>();
        var order = new ConcurrentQueue<string>();
        var aside = gate.InTurnAsync(() => AsideAsync(gate, default, () => order.Enqueue("aside")), default);
        var holding = gate.InTurnAsync(() => holder.Task, default);
        var newcomer = gate.InTurnAsync(() => Task.FromResult(Note("newcomer")), default);
        _time.Advance(TimeSpan.FromSeconds(5));
        while (gate.Waiting < 2)
            await Task.Delay(1);

        holder.SetResult(0);

        await Task.WhenAll(aside, holding, newcomer).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["aside", "newcomer"], order);
        Assert.Equal((0, 0), (gate.Running, gate.Waiting));

        int Note(string who)
        {
            order.Enqueue(who);
            return 0;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StepAside_Canceled_LeavesAsManyPlacesAsBefore(bool whileItsPlaceIsTaken)
    {
        var gate = new CallGate(1, 100, _time);
        using var cancel = new CancellationTokenSource();
        var holder = new TaskCompletionSource<int>();
        var aside = gate.InTurnAsync(() => AsideAsync(gate, cancel.Token), cancel.Token);
        var holding = gate.InTurnAsync(() => holder.Task, default);
        if (whileItsPlaceIsTaken)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            while (gate.Waiting == 0)
                await Task.Delay(1);
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => aside);
        var second = gate.InTurnAsync(() => Task.FromResult(2), default);
        Assert.Equal((1, 1), (gate.Running, gate.Waiting));
        holder.SetResult(1);

        Assert.Equal(2, await second.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, gate.Running);
    }

    private static async Task<int> AsideAsync(CallGate gate, CancellationToken cancellationToken, Action? then = null)
    {
        await gate.StepAsideAsync(TimeSpan.FromSeconds(5), cancellationToken);
        then?.Invoke();
        return 5;
    }
}
