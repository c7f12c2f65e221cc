namespace ServersGrpc.Engine.Servers;

/// <summary>Bad input. Names every bad field at once.</summary>
public sealed class InvalidRequestException(IReadOnlyList<FieldViolation> violations)
    : ServerException(string.Join("; ", violations.Select(v => $"{v.Field}: {v.Description}")))
{
    public InvalidRequestException(string field, string description)
        : this([new FieldViolation(field, description)])
    {
    }

    public IReadOnlyList<FieldViolation> Violations => violations;
}
