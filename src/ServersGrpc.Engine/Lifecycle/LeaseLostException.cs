namespace ServersGrpc.Engine.Lifecycle;

/// <summary>A worker's save was refused: the server was changed meanwhile. Normal; the work is dropped.</summary>
internal sealed class LeaseLostException() : Exception("The server was changed while a step ran.");
