using System.Text.Json;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Writes one JSON value.</summary>
internal delegate void ValueWriter<in T>(Utf8JsonWriter json, T value);
