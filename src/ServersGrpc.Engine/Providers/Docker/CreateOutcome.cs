namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>What became of the wish for a container.</summary>
internal enum CreateOutcome
{
    Created,

    /// <summary>A container of the name is there, or is being made.</summary>
    NameTaken,

    /// <summary>The engine does not have the image.</summary>
    NoImage,
}
