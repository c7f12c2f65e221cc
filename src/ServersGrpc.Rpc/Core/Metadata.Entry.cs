using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One key and its value: text, or bytes where the key ends in "-bin".</summary>
    public class Entry
    {
        private static readonly SearchValues<char> KeyCharacters =
            SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

        private readonly string? _value;
        private readonly byte[]? _valueBytes;

        /// <param name="key">Any case; kept in lower case. Must not end in "-bin".</param>
        /// <param name="value">Visible ASCII characters and spaces, if it is to cross the wire.</param>
        /// <exception cref="ArgumentException">The key has characters that no key may have, or is one for bytes.</exception>
        public Entry(string key, string value)
        {
            Key = Normalize(key);
            if (IsBinaryKey(Key))
                throw new ArgumentException($"The value of \"{Key}\" must be bytes, as its key ends in \"-bin\".", nameof(key));
            _value = value ?? throw new ArgumentNullException(nameof(value));
        }

        /// <param name="key">Any case; kept in lower case. Must end in "-bin".</param>
        /// <param name="valueBytes">Any bytes. They are copied.</param>
        /// <exception cref="ArgumentException">The key has characters that no key may have, or is one for text.</exception>
        public Entry(string key, byte[] valueBytes)
            : this(key, valueBytes.AsSpan())
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
        }

        internal Entry(string key, ReadOnlySpan<byte> valueBytes)
        {
            Key = Normalize(key);
            if (!IsBinaryKey(Key))
                throw new ArgumentException($"The key \"{Key}\" must end in \"-bin\", as its value is bytes.", nameof(key));
            _valueBytes = valueBytes.ToArray();
        }

        public string Key { get; }

        public bool IsBinary => _valueBytes is not null;

        /// <exception cref="InvalidOperationException">The value is bytes.</exception>
        public string Value =>
            _value ?? throw new InvalidOperationException($"The value of \"{Key}\" is bytes, not text.");

        /// <summary>The bytes, or the text in ASCII. A copy.</summary>
        public byte[] ValueBytes => _valueBytes?.AsSpan().ToArray() ?? Encoding.ASCII.GetBytes(_value!);

        public override string ToString() =>
            IsBinary ? $"[Entry: key={Key}, valueBytes={Convert.ToBase64String(_valueBytes!)}]" : $"[Entry: key={Key}, value={_value}]";

        internal bool HasKey(string key) => Key.Equals(key, StringComparison.OrdinalIgnoreCase);

        /// <summary>Whether metadata may have the key, in any case. HTTP allows more.</summary>
        internal static bool IsKey(string key) => key.Length > 0 && !key.AsSpan().ContainsAnyExcept(KeyCharacters);

        internal static bool IsBinaryKey(string key) => key.EndsWith(BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase);

        private static string Normalize(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            if (!IsKey(key))
                throw new ArgumentException($"\"{key}\" is no metadata key: only letters, digits, '.', '_' and '-' are allowed.", nameof(key));
            return key.ToLowerInvariant();
        }
    }
}
