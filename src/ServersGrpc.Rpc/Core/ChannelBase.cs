namespace Grpc.Core;

/// <summary>A way to a server, on which calls are made.</summary>
public abstract class ChannelBase(string target)
{
    /// <summary>The server's authority.</summary>
    public string Target { get; } = target ?? throw new ArgumentNullException(nameof(target));

    public abstract CallInvoker CreateCallInvoker();

    /// <summary>Lets go of the channel's connections.</summary>
    public Task ShutdownAsync() => ShutdownAsyncCore();

    protected virtual Task ShutdownAsyncCore() => Task.CompletedTask;
}
