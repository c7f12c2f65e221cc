namespace ServersGrpc.FakeCloud.Calls;

/// <summary>A body or a query that is not as the documents say.</summary>
internal sealed class InvalidFieldsException(IReadOnlyList<FieldProblem> problems) : Exception(problems[0].Message)
{
    public InvalidFieldsException(string name, string message)
        : this([new FieldProblem(name, message)])
    {
    }

    public IReadOnlyList<FieldProblem> Problems => problems;
}
