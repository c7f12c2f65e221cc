namespace ServersGrpc.Engine.Servers;

/// <summary>Bad input. Names all that is wrong at once; the message begins with it and says how much more there is.</summary>
public sealed class InvalidRequestException(IReadOnlyList<FieldViolation> violations) : ServerException(Summary(violations))
{
    private const int MostInMessage = 5;

    public InvalidRequestException(string field, string description)
        : this([new FieldViolation(field, description)])
    {
    }

    public IReadOnlyList<FieldViolation> Violations => violations;

    private static string Summary(IReadOnlyList<FieldViolation> violations)
    {
        var first = string.Join("; ", violations.Take(MostInMessage).Select(v => v.Field.Length > 0 ? $"{v.Field}: {v.Description}" : v.Description));
        return violations.Count > MostInMessage ? $"{first}; and {violations.Count - MostInMessage} more" : first;
    }
}
