using System.Text;
using System.Text.RegularExpressions;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Fleet;

/// <summary>The bounds of a request for a server, as servers.proto documents them. Names every field that is out of them.</summary>
internal sealed partial class ProvisionValidator(ProviderCatalog providers, RequestLimits limits)
{
    public const int MaxCapacity = 10_000;
    private const int MaxTermLength = 255;

    public void Check(ProvisionRequest request, string provider)
    {
        FieldViolation[] violations =
        [
            .. CheckName(request.Name),
            .. CheckProvider(provider),
            .. CheckTerm("image", request.Image),
            .. CheckTerm("region", request.Region),
            .. CheckTerm("size", request.Size),
            .. CheckAlternatives(request.Alternatives),
            .. CheckCapacity(request.Capacity),
            .. CheckLabels(request.Labels),
            .. CheckUserData(request.UserData, providers.Find(provider)),
            .. CheckRequestId(request.RequestId),
        ];
        if (violations.Length > 0)
            throw new InvalidRequestException(violations);
    }

    private static IEnumerable<FieldViolation> CheckName(string name)
    {
        if (name.Length > 0 && !Name().IsMatch(name))
            yield return new("name", $"\"{Shown.Of(name)}\" is not an RFC 1123 label: 1 to 63 of [a-z0-9-], beginning and ending with [a-z0-9]");
    }

    private IEnumerable<FieldViolation> CheckProvider(string provider)
    {
        if (providers.Find(provider) is null)
            yield return new("provider", $"\"{Shown.Of(provider)}\" is not an enabled provider; enabled are: {string.Join(", ", providers.Names)}");
    }

    private static IEnumerable<FieldViolation> CheckTerm(string field, string value)
    {
        if (value.Length > MaxTermLength || value.Any(char.IsControl))
            yield return new(field, $"\"{Shown.Of(value)}\" has more than {MaxTermLength} characters, or control characters among them");
    }

    private static IEnumerable<FieldViolation> CheckAlternatives(IReadOnlyList<Placement> alternatives)
    {
        if (alternatives.Count > ProviderOptions.MostAlternatives)
            yield return new("alternatives", $"{alternatives.Count} alternatives are more than {ProviderOptions.MostAlternatives}");
        foreach (var (alternative, i) in alternatives.Take(ProviderOptions.MostAlternatives).Select((alternative, i) => (alternative, i)))
        {
            if (alternative is { Region: "", Size: "" })
                yield return new($"alternatives[{i}]", "it names neither a region nor a size");
            foreach (var violation in CheckTerm($"alternatives[{i}].region", alternative.Region).Concat(CheckTerm($"alternatives[{i}].size", alternative.Size)))
                yield return violation;
        }
    }

    private static IEnumerable<FieldViolation> CheckCapacity(int capacity)
    {
        if (capacity is < 0 or > MaxCapacity)
            yield return new("capacity", $"{capacity} is not between 1 and {MaxCapacity}, or 0 for the default");
    }

    private IEnumerable<FieldViolation> CheckLabels(IReadOnlyDictionary<string, string> labels)
    {
        if (labels.Count > limits.MaxLabels)
            yield return new("labels", $"{labels.Count} labels are more than {limits.MaxLabels}");
        foreach (var (key, value) in labels.Take(limits.MaxLabels))
        {
            if (!LabelRules.IsKey(key))
                yield return new("labels", $"the key \"{Shown.Of(key)}\" is not 1 to 63 of [A-Za-z0-9._/-], beginning and ending with [A-Za-z0-9]");
            if (value.Length > limits.MaxLabelLength || !LabelRules.IsValue(value))
                yield return new($"labels.{Shown.Of(key)}", $"\"{Shown.Of(value)}\" has more than {limits.MaxLabelLength} characters, or control characters among them");
        }
    }

    // What it says is not repeated: it may hold secrets.
    private IEnumerable<FieldViolation> CheckUserData(string userData, IServerProvider? provider)
    {
        var bytes = Encoding.UTF8.GetByteCount(userData);
        if (bytes > limits.MaxUserDataSize)
            yield return new("user_data", $"{bytes} bytes are more than {limits.MaxUserDataSize}");
        else if (userData.Length > 0 && provider?.CheckUserData(userData) is { } problem)
            yield return new("user_data", problem);
    }

    private static IEnumerable<FieldViolation> CheckRequestId(string requestId)
    {
        if (!RequestId().IsMatch(requestId))
            yield return new("request_id", $"\"{Shown.Of(requestId)}\" is not at most 128 printable ASCII characters");
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[\x20-\x7E]{0,128}\z")]
    private static partial Regex RequestId();
}
