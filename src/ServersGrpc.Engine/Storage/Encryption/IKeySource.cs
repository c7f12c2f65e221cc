namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>Where the keys are kept.</summary>
internal interface IKeySource
{
    /// <summary>The keys at start.</summary>
    /// <param name="needed">What the database is encrypted under; null: nothing of it is yet, so keys may be made.</param>
    /// <exception cref="EncryptionException">They can't be had.</exception>
    KeyRing Load(KeyId? needed);

    /// <summary>The keys to go on with, of which the first is to replace all others. Kept where they are before this returns.</summary>
    /// <param name="present">The keys in use.</param>
    /// <exception cref="EncryptionException">They can't be had.</exception>
    KeyRing Renew(KeyRing present);

    /// <summary>Gives up the keys after the first, where they are this program's to give up. Returns what is left.</summary>
    /// <param name="renewed">What <see cref="Renew"/> returned; all there is was encrypted under the first meanwhile.</param>
    /// <exception cref="EncryptionException">They can't be given up.</exception>
    KeyRing Retire(KeyRing renewed);
}
