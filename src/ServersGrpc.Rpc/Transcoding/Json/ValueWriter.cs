namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Writes one JSON value.</summary>
internal delegate void ValueWriter<in T>(JsonTextWriter json, T value);
