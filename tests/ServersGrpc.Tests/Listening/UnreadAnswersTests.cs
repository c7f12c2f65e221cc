using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using ServersGrpc.Listening;
using ServersGrpc.Listening.Answers;

namespace ServersGrpc.Tests.Listening;

public sealed class UnreadAnswersTests
{
    private readonly AnswerBudget _budget = new(
        new LimitsOptions { MaxUnreadAnswersPerConnection = 100, MaxUnreadAnswers = 250 }, NullLogger<AnswerBudget>.Instance);

    [Fact]
    public void Begin_UpToTheLimit_IsAtOnce()
    {
        var (answers, _) = Open();

        answers.Add(100);

        Assert.True(answers.BeginAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Begin_BeyondTheLimit_WaitsUntilEnoughIsRead()
    {
        var (answers, _) = Open();
        answers.Add(60);
        answers.Add(60);

        Task[] waiting = [.. Enumerable.Range(0, 4).Select(_ => answers.BeginAsync(CancellationToken.None))];
        Assert.DoesNotContain(waiting, begun => begun.IsCompleted);

        answers.End(60);
        await Task.WhenAll(waiting[..2]);
        Assert.DoesNotContain(waiting[2..], begun => begun.IsCompleted);

        // Those that have begun are over without an answer.
        answers.End(0);
        await Task.WhenAll(waiting);
        answers.End(60);
        Assert.Equal(0, answers.Bytes);
    }

    [Fact]
    public async Task Begin_Canceled_GivesItsTurnToAnother()
    {
        var (answers, _) = Open();
        answers.Add(101);
        using var cancellation = new CancellationTokenSource();
        Task[] waiting = [.. Enumerable.Range(0, 3).Select(_ => answers.BeginAsync(cancellation.Token))];
        var patient = answers.BeginAsync(CancellationToken.None);

        await cancellation.CancelAsync();
        answers.End(101);

        await patient.WaitAsync(TimeSpan.FromSeconds(10));
        foreach (var begun in waiting)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => begun);
    }

    [Fact]
    public async Task Add_BeyondWhatAllMayLeave_ClosesTheConnectionWithTheMost()
    {
        var (small, smallConnection) = Open();
        var (large, largeConnection) = Open();
        var (other, otherConnection) = Open();
        small.Add(20);
        large.Add(150);
        var waiting = large.BeginAsync(CancellationToken.None);

        other.Add(90);

        Assert.Equal((false, true, false), (IsAborted(smallConnection), IsAborted(largeConnection), IsAborted(otherConnection)));
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        // What is told of it late counts for nobody.
        large.End(150);
        large.Add(1000);
        other.Add(100);
        Assert.False(IsAborted(otherConnection));
        other.Add(100);
        Assert.True(IsAborted(otherConnection));
    }

    private static bool IsAborted(DefaultConnectionContext connection) => connection.ConnectionClosed.IsCancellationRequested;

    private (UnreadAnswers Answers, DefaultConnectionContext Connection) Open()
    {
        var closed = new CancellationTokenSource();
        var connection = new AbortedByToken(closed);
        return (_budget.Open(connection), connection);
    }

    private sealed class AbortedByToken : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _closed;

        public AbortedByToken(CancellationTokenSource closed)
        {
            _closed = closed;
            ConnectionClosed = closed.Token;
        }

        public override void Abort(ConnectionAbortedException abortReason) => _closed.Cancel();
    }
}
