namespace ServersGrpc.Simulation.Clock;

/// <summary>Something that happens at a time, unless it is called off before.</summary>
internal sealed class Alarm(Action ring)
{
    public bool IsOff { get; private set; }

    public void Ring() => ring();

    public void CallOff() => IsOff = true;
}
