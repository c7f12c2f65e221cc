namespace ServersGrpc.FakeCloud.Client;

/// <summary>When in a call something happens.</summary>
public enum CallPoint
{
    /// <summary>Before what the call asks is done.</summary>
    Before,

    /// <summary>After it is done, before the answer.</summary>
    After,
}
