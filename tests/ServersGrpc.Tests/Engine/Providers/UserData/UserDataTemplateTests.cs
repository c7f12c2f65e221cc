using System.Text;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.UserData;
using ServersGrpc.Tests.Engine.Providers.Cloud;

namespace ServersGrpc.Tests.Engine.Providers.UserData;

public sealed class UserDataTemplateTests
{
    private static readonly InstanceSpec Spec = CloudSpecs.New();

    [Theory]
    [InlineData("", "")]
    [InlineData("no variables\n", "no variables\n")]
    [InlineData("{{name}}", "web")]
    [InlineData("a {{ name }} b {{name}}\n{{	uid }}", "a web b web\n" + CloudSpecs.Uid)]
    [InlineData("{{provider}} {{installation_id}} {{image}} {{region}} {{size}} {{secret}}", "cloud ours image-1 place-1 size-1 s3cret")]
    [InlineData("{{ name | base64 }}", "d2Vi")]
    [InlineData("{{name|base64|base64}}", "ZDJWaQ==")]
    [InlineData("{{name | indent(4)}}", "web")]
    public void Render_Variables_AreFilledIn(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{{ .Go }}")]
    [InlineData("{{ v1.instance_id }}")]
    [InlineData("{{ ds.meta_data.hostname }}")]
    [InlineData("{{ x | upper }}")]
    [InlineData("{{ }}")]
    [InlineData("{{}}")]
    [InlineData("{{ Name }}")]
    [InlineData("{{ two words }}")]
    [InlineData("{{- name -}}")]
    [InlineData("{{ 'name' }}")]
    [InlineData("{{ name(1) }}")]
    [InlineData("{{\nname\n}}")]
    [InlineData("{ {name}}")]
    [InlineData("{% if x %}${VAR} $(cmd) {name}")]
    [InlineData("{{name")]
    public void Render_WhatIsNotOurs_IsLeftAlone(string template) => Assert.Equal(template, Render(template));

    [Theory]
    [InlineData("{{nmae}}", "Line 1: {{nmae}} is not a variable. Known are: ca_cert, image, installation_id, name,")]
    [InlineData("a\nb\n  {{ ca_key }}", "Line 3: {{ca_key}} is not a variable.")]
    [InlineData("\n{{ca_crt | base64}}", "Line 2: {{ca_crt}} is not a variable.")]
    [InlineData("{{ca_cert | indent}}", "Line 1: \"indent\" is not a filter. Known are: base64, indent(0) to indent(64).")]
    [InlineData("\n\n{{ca_cert | indent(65)}}", "Line 3: \"indent(65)\" is not a filter.")]
    [InlineData("{{ca_cert | indent(x)}}", "\"indent(x)\" is not a filter.")]
    [InlineData("{{name | upper}}", "\"upper\" is not a filter.")]
    public void Parse_UnknownVariableOrFilter_SaysWhereAndWhatIsKnown(string template, string expected)
    {
        var refused = Assert.Throws<FormatException>(() => UserDataTemplate.Parse(template));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_PemIndented_KeepsItsPlaceInABlockScalar()
    {
        var rendered = Render("content: |\n      {{tls_key | indent(6)}}\nnext: 1");

        var lines = rendered.Split('\n');
        Assert.Equal(("content: |", "next: 1"), (lines[0], lines[^1]));
        Assert.All(lines[1..^1], line => Assert.StartsWith("      ", line, StringComparison.Ordinal));
        Assert.Equal(Pem(Spec.Credentials.TlsKey), string.Concat(lines[1..^1].Select(line => line[6..] + "\n")));
    }

    [Fact]
    public void Render_ValueThatLooksLikeAVariable_IsNotFilledInAgain() =>
        Assert.Equal("{{secret}}", UserDataTemplate.Parse("{{name}}").Render(new UserDataValues(Spec with { Name = "{{secret}}" }, "cloud", "ours")));

    [Fact]
    public void Default_Rendered_IsCloudInitWithTheServersCertificatesAndNotItsAuthoritysKey()
    {
        var rendered = DefaultUserData.Template.Render(new UserDataValues(Spec, "cloud", "ours"));

        Assert.StartsWith("#cloud-config\n", rendered, StringComparison.Ordinal);
        foreach (var pem in new[] { Spec.Credentials.CaCertificate, Spec.Credentials.TlsCertificate, Spec.Credentials.TlsKey })
            Assert.Contains($"    content: |\n      {Pem(pem).TrimEnd('\n').Replace("\n", "\n      ")}\n", rendered, StringComparison.Ordinal);
        Assert.DoesNotContain(Pem(Spec.Credentials.CaKey).Split('\n')[1], rendered, StringComparison.Ordinal);
        Assert.Contains("\"hosts\": [\"fd://\", \"tcp://[::]:2376\"]", rendered, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", rendered, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", rendered, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(rendered), 1_000, 8_000);
    }

    [Fact]
    public void Sample_Rendered_IsNoShorterThanRealValues()
    {
        foreach (var name in UserDataValues.Names)
            Assert.True(UserDataValues.Sample[name].Length >= new UserDataValues(Spec, "hetznercloud", "ours")[name].Length, name);
    }

    private static string Render(string template) => UserDataTemplate.Parse(template).Render(new UserDataValues(Spec, "cloud", "ours"));

    private static string Pem(ReadOnlyMemory<byte> pem) => Encoding.ASCII.GetString(pem.Span);
}
