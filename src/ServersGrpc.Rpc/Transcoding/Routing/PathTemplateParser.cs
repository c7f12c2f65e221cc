namespace ServersGrpc.Rpc.Transcoding.Routing;

/// <summary>
/// Parses the grammar of google/api/http.proto: Template = "/" Segments [ Verb ]; Segment = "*" | "**" | LITERAL | Variable;
/// Variable = "{" FieldPath [ "=" Segments ] "}"; Verb = ":" LITERAL.
/// </summary>
internal sealed class PathTemplateParser
{
    private readonly string _text;
    private readonly List<PathSegment> _segments = [];
    private readonly List<PathVariable> _variables = [];
    private int _at;

    private PathTemplateParser(string text) => _text = text;

    private bool AtEnd => _at == _text.Length;

    /// <exception cref="FormatException">The text does not follow the grammar; the message says where.</exception>
    public static PathTemplate Parse(string text) => new PathTemplateParser(text).Parse();

    private PathTemplate Parse()
    {
        Take('/');
        TakeSegments(inVariable: false);
        var verb = "";
        if (!AtEnd && _text[_at] == ':')
        {
            _at++;
            verb = TakeLiteral();
        }
        if (!AtEnd)
            throw Error("the end or \"/\" is expected");
        if (_segments.SkipLast(1).Any(segment => segment.Kind == PathSegmentKind.Rest))
            throw Error("nothing may follow \"**\"");
        if (_variables.GroupBy(variable => variable.FieldPath).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
            throw Error($"the variable {twice} is there twice");
        return new PathTemplate(_segments, verb, _variables);
    }

    private void TakeSegments(bool inVariable)
    {
        while (true)
        {
            TakeSegment(inVariable);
            if (AtEnd || _text[_at] != '/')
                return;
            _at++;
        }
    }

    private void TakeSegment(bool inVariable)
    {
        if (!AtEnd && _text[_at] == '{')
        {
            if (inVariable)
                throw Error("a variable can't contain a variable");
            TakeVariable();
        }
        else if (_text.AsSpan(_at).StartsWith("**"))
        {
            _at += 2;
            _segments.Add(new PathSegment(PathSegmentKind.Rest, ""));
        }
        else if (!AtEnd && _text[_at] == '*')
        {
            _at++;
            _segments.Add(new PathSegment(PathSegmentKind.One, ""));
        }
        else
        {
            _segments.Add(new PathSegment(PathSegmentKind.Literal, TakeLiteral()));
        }
    }

    private void TakeVariable()
    {
        Take('{');
        var fieldPath = TakeUntil("=}");
        var start = _segments.Count;
        if (!AtEnd && _text[_at] == '=')
        {
            _at++;
            TakeSegments(inVariable: true);
        }
        else
        {
            _segments.Add(new PathSegment(PathSegmentKind.One, ""));
        }
        Take('}');
        var count = _segments.Count - start;
        _variables.Add(new PathVariable(fieldPath, start, count, count > 1 || _segments[^1].Kind == PathSegmentKind.Rest));
    }

    private string TakeLiteral() => TakeUntil("/:{}*");

    private string TakeUntil(string ends)
    {
        var length = _text.AsSpan(_at).IndexOfAny(ends);
        var taken = length < 0 ? _text[_at..] : _text.Substring(_at, length);
        if (taken.Length == 0)
            throw Error("a name is expected");
        _at += taken.Length;
        return taken;
    }

    private void Take(char expected)
    {
        if (AtEnd || _text[_at] != expected)
            throw Error($"\"{expected}\" is expected");
        _at++;
    }

    private FormatException Error(string why) => new($"The path template \"{_text}\" is wrong at character {_at + 1}: {why}.");
}
