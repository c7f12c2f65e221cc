using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Storage.Contract;

/// <summary>What every engine holds to: settings.</summary>
public abstract class SettingContract : IDisposable
{
    private readonly StoreFixture _fixture;

    internal SettingContract(StoreFixture fixture) => _fixture = fixture;

    private static CancellationToken Timeout => StoreFixture.Timeout;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task SetPaused_Reopened_IsStillPaused()
    {
        await _fixture.Store.SetPausedAsync(true, Timeout);
        _fixture.Reopen();

        Assert.True(await _fixture.Store.IsPausedAsync(Timeout));
        await _fixture.Store.SetPausedAsync(false, Timeout);
        Assert.False(await _fixture.Store.IsPausedAsync(Timeout));
    }

    [Fact]
    public async Task SetPaused_Resumed_WhatWaitedHasAllItsTimeForACreate()
    {
        var deadline = _fixture.Time.GetUtcNow() + TimeSpan.FromMinutes(30);
        await _fixture.AddAsync(_fixture.NewServer("waiting") with { State = ServerState.Creating, Deadline = deadline });
        await _fixture.AddAsync(_fixture.NewServer("other") with { State = ServerState.Staging, Deadline = deadline });

        await _fixture.Store.SetPausedAsync(true, Timeout);
        Assert.Equal(deadline, (await _fixture.Store.FindAsync("waiting", Timeout))!.Deadline);
        await _fixture.Store.SetPausedAsync(false, Timeout);
        _fixture.Reopen();

        Assert.Null((await _fixture.Store.FindAsync("waiting", Timeout))!.Deadline);
        Assert.Equal(deadline, (await _fixture.Store.FindAsync("other", Timeout))!.Deadline);
    }

    [Fact]
    public async Task SetPaused_ResumedThoughItWasNotPaused_LeavesDeadlines()
    {
        var deadline = _fixture.Time.GetUtcNow() + TimeSpan.FromMinutes(30);
        await _fixture.AddAsync(_fixture.NewServer("waiting") with { State = ServerState.Creating, Deadline = deadline });

        await _fixture.Store.SetPausedAsync(false, Timeout);

        Assert.Equal(deadline, (await _fixture.Store.FindAsync("waiting", Timeout))!.Deadline);
    }

    [Fact]
    public void InstallationId_Reopened_IsTheSameAndNoOtherIsTaken()
    {
        var id = _fixture.Store.InstallationId;
        _fixture.Reopen();

        Assert.Equal(id, _fixture.Store.InstallationId);
        _fixture.Reopen(id);
        var refused = Assert.Throws<StoreOpenException>(() => _fixture.Open("another"));
        Assert.Contains("Servers:InstallationId", refused.Message);
    }
}
