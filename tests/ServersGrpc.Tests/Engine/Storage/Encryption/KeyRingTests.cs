using System.Security.Cryptography;
using ServersGrpc.Engine.Storage.Encryption;

namespace ServersGrpc.Tests.Engine.Storage.Encryption;

public sealed class KeyRingTests
{
    private const string Source = "the key file /keys";

    private static readonly string One = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private static readonly string Two = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    [Theory]
    [InlineData("{0}\n{1}\n")]
    [InlineData("{0}\r\n\r\n  {1}")]
    [InlineData("{0},{1}")]
    [InlineData("\n{0}, {1} {0}\n{1}\n")]
    public void Parse_SeveralKeys_AreThereOnceInOrder(string format)
    {
        var ring = KeyRing.Parse(Source, string.Format(null, format, One, Two));

        Assert.Equal([One, Two], ring.Keys.Select(key => key.ToBase64()));
        Assert.Equal(One, ring.First.ToBase64());
        Assert.Equal($"{One}\n{Two}\n", ring.Write());
    }

    [Theory]
    [InlineData("", "holds no key")]
    [InlineData(" \n,\n", "holds no key")]
    [InlineData("{0}\nnonsense!\n", "something in line 2 that is no key")]
    [InlineData("{0}{1}", "something in line 1 that is no key")]
    [InlineData("{0}x", "something in line 1 that is no key")]
    [InlineData("{2}", "a key of 31 bytes in line 1")]
    [InlineData("\n{3}", "a key of 33 bytes in line 2")]
    [InlineData("{4}", "something in line 1 that is no key")]
    public void Parse_NoKeys_IsRefusedWithoutSayingWhatIsThere(string format, string expected)
    {
        var key = Convert.FromBase64String(One);
        var text = string.Format(
            null, format, One, Two, Convert.ToBase64String(key[..31]), Convert.ToBase64String([.. key, 1]), Convert.ToHexString(key));

        var refused = Assert.Throws<EncryptionException>(() => KeyRing.Parse(Source, text));

        Assert.StartsWith("The key file /keys", refused.Message);
        Assert.Contains(expected, refused.Message);
        Assert.Contains("openssl rand -base64 32", refused.Message);
        Assert.DoesNotContain(One[..6], refused.ToString());
        Assert.DoesNotContain(Convert.ToHexString(key)[..6], refused.ToString());
        Assert.DoesNotContain("nonsense", refused.ToString());
    }

    [Fact]
    public void ToString_OfRingAndKey_ShowsIdsAlone()
    {
        var ring = KeyRing.Parse(Source, One);

        Assert.Equal($"KeyRing({ring.First.Id})", ring.ToString());
        Assert.Equal($"EncryptionKey({ring.First.Id})", ring.First.ToString());
        Assert.Equal(16, ring.Ids.Length);
    }

    [Fact]
    public void Id_OfAKey_IsNotItsPlainDigest()
    {
        var key = EncryptionKey.Make();

        Assert.Equal(key.Id, new EncryptionKey(Convert.FromBase64String(key.ToBase64())).Id);
        Assert.NotEqual(key.Id, EncryptionKey.Make().Id);
        Assert.False(Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(key.ToBase64()))).StartsWith(key.Id.ToString(), StringComparison.Ordinal));
    }
}
