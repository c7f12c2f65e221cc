using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Fleet;

/// <summary>Which servers a caller asked for, in the caller's words.</summary>
public sealed record Conditions(IReadOnlyList<string> States, string Provider, string LabelSelector)
{
    internal string Digest => RequestDigest.Of([.. States.Order(StringComparer.Ordinal), "", Provider, LabelSelector])[..16];

    /// <summary>The conditions, understood. What can't be is added to the violations.</summary>
    internal ServerQuery ToQuery(List<FieldViolation> violations)
    {
        var states = new HashSet<ServerState>();
        foreach (var name in States)
        {
            if (ServerStates.TryParse(name, out var state))
                states.Add(state);
            else
                violations.Add(new("state", $"\"{Shown.Of(name)}\" is not a state; states are: {string.Join(", ", ServerStates.All)}"));
        }
        try
        {
            return new() { States = states, Provider = Provider, Labels = Servers.LabelSelector.Parse(LabelSelector) };
        }
        catch (FormatException e)
        {
            violations.Add(new("label_selector", e.Message));
            return ServerQuery.Everything;
        }
    }
}
