using System.Text.RegularExpressions;

namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>Spoils JSON at random: its characters, its tokens, or all of it. One seed, one result.</summary>
internal sealed partial class JsonMutator(int seed)
{
    private const string Characters = "{}[]:,\"\\/bfnrtu0123456789-+.eE truefalsn@_=\u00e9\u0001'";

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ":", ",", "{}", "[]", "null", "true", "false", "0", "-0", "1", "-1", "1.0", "1.5", "1e2", "1E-2", "01", "1.", ".5", "+1", "1e400", "1e-400",
        "2147483648", "\"9223372036854775807\"", "18446744073709551616", "3.5e38", "\"\"", "\"0\"", "\"-1\"", "\"1.0\"", "\"01\"", "\"1e2\"", "\" 1\"", "\"NaN\"", "\"-Infinity\"",
        "\"true\"", "\"a\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"AQ\"", "\"AQ==\"", "\"A\"", "\"COLOR_RED\"", "\"color_red\"", "\"@type\"", "\"value\"", "\"2020-01-01T00:00:00Z\"",
        "\"2020-01-01T00:00:00.5+01:00\"", "\"1.5s\"", "\"-1s\"", "\"fooBar,baz\"", "\"foo_bar\"", "\"type.googleapis.com/transcoding.samples.Part\"",
        "\"type.googleapis.com/google.protobuf.Duration\"", "\"int32Value\"", "\"int32_value\"", "\"chosenString\"", "\"chosenNull\"", "\"any\"", "\"struct\"", "\"byBool\"",
    ];

    private readonly Random _random = new(seed);

    public string Mutate(string json) => _random.Next(4) switch
    {
        0 => MutateCharacters(json),
        1 => MutateTokens(json, times: 1),
        2 => MutateTokens(json, times: 3),
        _ => string.Concat(_random.GetItems(Tokens, _random.Next(1, 12))),
    };

    private string MutateCharacters(string json)
    {
        var at = _random.Next(json.Length);
        var c = Characters[_random.Next(Characters.Length)].ToString();
        return _random.Next(4) switch
        {
            0 => json.Remove(at, 1),
            1 => json.Insert(at, c),
            2 => json.Remove(at, 1).Insert(at, c),
            _ => json[..at],
        };
    }

    private string MutateTokens(string json, int times)
    {
        var tokens = Token().Matches(json).Select(match => match.Value).ToList();
        for (; times > 0 && tokens.Count > 1; times--)
        {
            var at = _random.Next(tokens.Count);
            switch (_random.Next(5))
            {
                case 0:
                    tokens.RemoveAt(at);
                    break;
                case 1:
                    tokens.Insert(at, tokens[_random.Next(tokens.Count)]);
                    break;
                case 2:
                    var other = _random.Next(tokens.Count);
                    (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                    break;
                default:
                    // A value or a name: what is around it stays JSON.
                    for (var tries = tokens.Count; tries > 0 && tokens[at] is [var c] && "{}[]:,".Contains(c); tries--)
                        at = (at + 1) % tokens.Count;
                    tokens[at] = Tokens[_random.Next(Tokens.Length)];
                    break;
            }
        }
        return string.Concat(tokens);
    }

    [GeneratedRegex("""
        "(\\.|[^"\\])*"|[-+.0-9eE]+|[a-z]+|[\[\]{}:,]
        """)]
    private static partial Regex Token();
}
