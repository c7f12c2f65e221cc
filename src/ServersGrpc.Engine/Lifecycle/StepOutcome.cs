namespace ServersGrpc.Engine.Lifecycle;

internal enum StepOutcome
{
    GoOn,
    Wait,
    Purge,
}
