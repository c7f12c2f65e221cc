using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Servers;

public sealed class ShownTests
{
    [Theory]
    [InlineData("plain, a=b", "plain, a=b")]
    [InlineData("a\r\nb\0", "a\uFFFD\uFFFDb\uFFFD")]
    [InlineData("a\u202Eb\u2028c\u2029d\u200Be", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe")]
    [InlineData("x\" from 6.6.6.6", "x' from 6.6.6.6")]
    public void Of_WhatWouldMangleALine_IsReplaced(string value, string shown) => Assert.Equal(shown, Shown.Of(value));

    [Fact]
    public void Of_WhatIsLong_IsCut() => Assert.Equal("aaaa…", Shown.Of("aaaaaaaa", maxLength: 4));
}
