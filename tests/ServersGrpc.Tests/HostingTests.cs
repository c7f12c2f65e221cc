using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace ServersGrpc.Tests;

public sealed class HostingTests
{
    [Fact]
    public async Task LogUnobservedFailures_TaskThatNobodyLooksAt_IsAnErrorInTheLog()
    {
        var logs = new RecordedLogs();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders().AddProvider(logs);
        await using var app = builder.Build();

        app.LogUnobservedFailures();
        FailUnseen();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Contains(logs.At(LogLevel.Error), entry => entry.Contains("unseen", StringComparison.Ordinal));
    }

    // A method of its own, so that no local keeps the task alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FailUnseen() => Task.FromException(new InvalidOperationException("unseen"));
}
