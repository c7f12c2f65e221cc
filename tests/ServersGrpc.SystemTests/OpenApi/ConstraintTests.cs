using System.Text.Json.Nodes;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.OpenApi;

/// <summary>The service takes what the document allows, and refuses what it does not.</summary>
public class ConstraintTests(ITestOutputHelper output) : ServiceTest(output)
{
    // The document's limits are the largest that can be configured.
    protected override string[] Options =>
        ["--Servers:Limits:MaxLabels=128", "--Servers:Limits:MaxLabelLength=512", "--Servers:Limits:MaxUserDataSize=65536"];

    [Fact]
    public async Task Requests_AtAndBeyondEveryEdge_AreTakenAndRefusedAsDescribed()
    {
        var document = JsonNode.Parse(await DocumentClient.DocumentAsync(Service))!;
        var cases = new ConstraintCases(document).All().ToList();

        var seen = await DocumentClient.AskAsync(Service, cases.Select(it => it.Request));

        var answers = seen["answers"]!.AsArray();
        Output.WriteLine($"{cases.Count} cases.");
        Assert.True(cases.Count > 100, $"{cases.Count} cases are too few: the document lost its constraints.");
        Assert.Equal(cases.Count, answers.Count);
        var faults = cases.Zip(answers)
            .Where(pair => !IsAsDescribed(pair.First, pair.Second!))
            .Select(pair => $"{pair.First.Name}: allowed is {pair.First.Allowed}, and this came: {pair.Second!.ToJsonString()}");
        Assert.True(!faults.Any(), string.Join(Environment.NewLine, faults));
    }

    private static bool IsAsDescribed(ConstraintCase it, JsonNode answer)
    {
        var allowed = answer["asked"]!.AsArray().Count == 0;
        return allowed == it.Allowed && IsTaken((int)answer["status"]!) == it.Allowed;
    }

    // A server that is not there is found missing only after the request was found right.
    private static bool IsTaken(int status) => status switch
    {
        200 or 404 => true,
        400 => false,
        _ => throw new InvalidOperationException($"The answer is {status}."),
    };
}
