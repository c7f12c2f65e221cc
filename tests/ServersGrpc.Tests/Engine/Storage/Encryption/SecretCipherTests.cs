using System.Security.Cryptography;
using ServersGrpc.Engine.Storage.Encryption;

namespace ServersGrpc.Tests.Engine.Storage.Encryption;

public sealed class SecretCipherTests : IDisposable
{
    private readonly SecretCipher _cipher = new(Ring(EncryptionKey.Make()));

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(100_000)]
    public void Open_WhatWasSealed_IsTheValue(int length)
    {
        var value = RandomNumberGenerator.GetBytes(length);

        var sealedValue = _cipher.Seal("u", "f", value);

        Assert.Equal(value, _cipher.Open("u", "f", sealedValue));
        Assert.Equal(1 + 8 + 12 + length + 16, sealedValue.Length);
        Assert.Equal(_cipher.Keys.First.Id, SecretCipher.KeyOf(sealedValue));
    }

    [Fact]
    public void Seal_Empty_StaysEmpty()
    {
        Assert.Empty(_cipher.Seal("u", "f", []));
        Assert.Empty(_cipher.Open("u", "f", []));
    }

    [Fact]
    public void Seal_SameValueTwice_IsNeverTheSame() =>
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(_cipher.Seal("u", "f", "value"u8))).Distinct().Count());

    [Theory]
    [InlineData("v", "f")]
    [InlineData("u", "g")]
    [InlineData("", "u/f")]
    [InlineData("u/f", "")]
    public void Open_AtAnotherPlace_IsRefused(string uid, string field)
    {
        var sealedValue = _cipher.Seal("u", "f", "value"u8);

        var refused = Assert.Throws<EncryptionException>(() => _cipher.Open(uid, field, sealedValue));

        Assert.Contains("does not decrypt", refused.Message);
    }

    [Fact]
    public void Open_AnyBitChangedOrByteMissing_IsRefused()
    {
        var sealedValue = _cipher.Seal("u", "f", "value"u8);

        for (var i = 0; i < sealedValue.Length; i++)
        {
            var changed = sealedValue.ToArray();
            changed[i] ^= 4;
            Assert.Throws<EncryptionException>(() => _cipher.Open("u", "f", changed));
            if (i > 0)
                Assert.Throws<EncryptionException>(() => _cipher.Open("u", "f", sealedValue[..i]));
        }
    }

    [Fact]
    public void Open_UnderAKeyThatIsNotThere_NamesItAndThoseThatAre()
    {
        var other = EncryptionKey.Make();
        var sealedValue = _cipher.Seal("u", "f", "value"u8);
        using var cipher = new SecretCipher(Ring(other));

        var refused = Assert.Throws<EncryptionException>(() => cipher.Open("u", "f", sealedValue));

        Assert.Equal(
            $"The f of server u is encrypted under key {_cipher.Keys.First.Id}; the keys of a test holds {other.Id}. "
            + "Put that key back there, from where it is backed up, after the first.", refused.Message);
    }

    [Fact]
    public void Use_OtherKeys_ReadsAllAndWritesUnderTheFirst()
    {
        var sealedValue = _cipher.Seal("u", "f", "value"u8);
        var (old, other) = (_cipher.Keys.First, EncryptionKey.Make());

        _cipher.Use(Ring(other, old));

        Assert.Equal("value"u8, _cipher.Open("u", "f", sealedValue));
        Assert.Equal(other.Id, SecretCipher.KeyOf(_cipher.Seal("u", "f", "value"u8)));
        Assert.Equal("value"u8, _cipher.Open("u", "f", _cipher.Seal("u", "f", "value"u8)));
    }

    public void Dispose() => _cipher.Dispose();

    private static KeyRing Ring(params IEnumerable<EncryptionKey> keys) => new("the keys of a test", keys);
}
