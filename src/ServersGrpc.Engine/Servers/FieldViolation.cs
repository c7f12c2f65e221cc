namespace ServersGrpc.Engine.Servers;

/// <summary>One bad field of a request: its documented name, and what would be right.</summary>
public sealed record FieldViolation(string Field, string Description);
