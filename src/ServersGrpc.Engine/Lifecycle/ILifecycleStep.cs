namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// What is done with a server in one state. Runs outside any transaction, with a deadline, and again after any crash: it looks before it
/// acts. What it throws is sorted by <see cref="StepFailure"/>.
/// </summary>
internal interface ILifecycleStep
{
    Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken);
}
