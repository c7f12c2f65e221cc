using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ServersGrpc.Engine.Servers;

/// <summary>
/// Writes and signs X.509 certificates (RFC 5280). <see cref="CertificateRequest"/> would do, but reads each certificate back that it
/// has written, which costs half of the time of a new server's credentials.
/// </summary>
internal sealed class CertificateWriter(ECDsa issuerKey, X500DistinguishedName issuer, DateTimeOffset notBefore, DateTimeOffset notAfter)
{
    private const int Version3 = 2;
    private const int LastYearOfUtcTime = 2049;
    private const int SerialNumberLength = 16;
    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";

    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3);

    /// <summary>A certificate of the subject and its key, in PEM.</summary>
    public string Write(X500DistinguishedName subject, PublicKey key, params ReadOnlySpan<X509Extension> extensions)
    {
        var toBeSigned = ToBeSigned(subject, key, extensions);
        var signature = issuerKey.SignData(toBeSigned, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(toBeSigned);
            WriteSignatureAlgorithm(writer);
            writer.WriteBitString(signature);
        }

        return PemEncoding.WriteString("CERTIFICATE", writer.Encode());
    }

    private byte[] ToBeSigned(X500DistinguishedName subject, PublicKey key, ReadOnlySpan<X509Extension> extensions)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(VersionTag))
            {
                writer.WriteInteger(Version3);
            }

            writer.WriteInteger(SerialNumber());
            WriteSignatureAlgorithm(writer);
            writer.WriteEncodedValue(issuer.RawData);
            using (writer.PushSequence())
            {
                WriteTime(writer, notBefore);
                WriteTime(writer, notAfter);
            }

            writer.WriteEncodedValue(subject.RawData);
            writer.WriteEncodedValue(key.ExportSubjectPublicKeyInfo());
            using (writer.PushSequence(ExtensionsTag))
            using (writer.PushSequence())
            {
                foreach (var extension in extensions)
                {
                    WriteExtension(writer, extension);
                }
            }
        }

        return writer.Encode();
    }

    private static void WriteExtension(AsnWriter writer, X509Extension extension)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(extension.Oid!.Value!);
            // DER leaves out what is the default.
            if (extension.Critical)
            {
                writer.WriteBoolean(true);
            }

            writer.WriteOctetString(extension.RawData);
        }
    }

    private static void WriteSignatureAlgorithm(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(EcdsaWithSha256);
        }
    }

    private static void WriteTime(AsnWriter writer, DateTimeOffset time)
    {
        if (time.UtcDateTime.Year <= LastYearOfUtcTime)
        {
            writer.WriteUtcTime(time, LastYearOfUtcTime);
        }
        else
        {
            writer.WriteGeneralizedTime(time, omitFractionalSeconds: true);
        }
    }

    private static byte[] SerialNumber()
    {
        var serial = RandomNumberGenerator.GetBytes(SerialNumberLength);
        // Positive, and no leading zero byte.
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}
