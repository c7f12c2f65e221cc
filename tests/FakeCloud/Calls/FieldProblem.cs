namespace ServersGrpc.FakeCloud.Calls;

/// <summary>What is wrong with one field of a body, or one parameter of a query.</summary>
internal sealed record FieldProblem(string Name, string Message);
