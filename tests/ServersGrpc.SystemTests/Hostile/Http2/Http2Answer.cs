using System.Globalization;
using Grpc.Core;

namespace ServersGrpc.SystemTests.Hostile.Http2;

/// <summary>All that came on a stream, frame by frame.</summary>
internal sealed class Http2Answer(IReadOnlyList<Http2Frame> frames)
{
    public IReadOnlyList<Http2Frame> Frames => frames;

    /// <summary>
    /// The frames in order, those of data in a row as one, "!" where the stream ends: "HEADERS DATA HEADERS!", then perhaps
    /// "RST_STREAM(NoError)".
    /// </summary>
    public string Shape => string.Join(' ', frames.Select(Describe).Where((name, i) => name != "DATA" || i == 0 || Describe(frames[i - 1]) != "DATA"));

    public IReadOnlyList<(string Name, string Value)> Headers { get; } = Decode(frames.FirstOrDefault(IsHeaders));

    /// <summary>Empty where there is but one frame of headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Trailers { get; } = Decode(frames.Where(IsHeaders).Skip(1).SingleOrDefault());

    public byte[] Body => [.. frames.Where(frame => frame.Type == Http2FrameType.Data).SelectMany(frame => frame.Payload)];

    public string HttpStatus => Headers.Single(header => header.Name == ":status").Value;

    public StatusCode Status => (StatusCode)int.Parse(Value("grpc-status")!, CultureInfo.InvariantCulture);

    public string? Message => Value("grpc-message");

    /// <summary>The only header or trailer of the name.</summary>
    public string? Value(string name) =>
        Headers.Concat(Trailers).Where(header => header.Name == name).Select(header => header.Value).SingleOrDefault();

    private static bool IsHeaders(Http2Frame frame) => frame.Type == Http2FrameType.Headers;

    private static string Describe(Http2Frame frame) => frame.Type switch
    {
        Http2FrameType.RstStream => $"RST_STREAM({frame.ErrorCode})",
        var type => type.ToString().ToUpperInvariant() + (frame.EndsStream ? "!" : ""),
    };

    private static List<(string Name, string Value)> Decode(Http2Frame? frame) => frame is null ? [] : HeaderBlock.Decode(frame.Payload);
}
