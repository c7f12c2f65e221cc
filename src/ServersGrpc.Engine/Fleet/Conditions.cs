using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Fleet;

/// <summary>Which servers a caller asked for, in the caller's words.</summary>
public sealed record Conditions(IReadOnlyList<string> States, string Provider, string LabelSelector)
{
    internal string Digest => RequestDigest.Of([.. States.Order(StringComparer.Ordinal), "", Provider, LabelSelector])[..16];

    // A watch keeps them as long as it lasts, and every change is held against them.
    private const int MaxSelectorLength = 4096;
    private const int MaxStates = 32;

    /// <summary>The conditions, understood. What can't be is added to the violations.</summary>
    internal ServerQuery ToQuery(List<FieldViolation> violations)
    {
        // Not looked at: there could be a violation in each of thousands.
        if (States.Count > MaxStates)
        {
            violations.Add(new("state", $"{States.Count} states are given, and at most {MaxStates} may be"));
            return ServerQuery.Everything;
        }
        if (LabelSelector.Length > MaxSelectorLength)
        {
            violations.Add(new("label_selector", $"it has {LabelSelector.Length} characters, and may have at most {MaxSelectorLength}"));
            return ServerQuery.Everything;
        }
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
