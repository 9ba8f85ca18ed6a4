using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace SecureStation.ModuleTests;

/// <summary>The manifest against ./bin, without PowerShell: these tests run everywhere.</summary>
public partial class ManifestTests
{
    private static readonly string s_bin = Path.Combine(RepositoryRoot.Path, "bin");
    private static readonly string s_manifest = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "SecureStation.psd1"));

    [Fact]
    public void Every_exported_cmdlet_is_a_class_of_the_module_and_the_other_way_round()
    {
        string[] exported = [.. List("CmdletsToExport")];
        string[] defined = [.. CmdletsOf(Path.Combine(s_bin, "SecureStation.PowerShell.dll"))];

        Assert.NotEmpty(exported);
        Assert.Equal(defined.Order(StringComparer.Ordinal), exported.Order(StringComparer.Ordinal));
        Assert.Equal(exported.Length, exported.Distinct().Count());
    }

    [Theory]
    [InlineData("FunctionsToExport")]
    [InlineData("AliasesToExport")]
    [InlineData("VariablesToExport")]
    public void Nothing_else_is_exported(string key)
    {
        Assert.Matches($@"(?m)^\s*{key}\s*=\s*@\(\)\s*$", s_manifest);
    }

    [Fact]
    public void Every_file_that_the_manifest_names_is_in_bin()
    {
        string[] named = [.. ModuleFile().Matches(s_manifest).Select(match => match.Groups[1].Value)];

        Assert.Contains("bin/SecureStation.psm1", named);
        Assert.All(named, file => Assert.True(File.Exists(Path.Combine(RepositoryRoot.Path, file)), $"{file} is missing"));
    }

    [Theory]
    [InlineData("System.Management.Automation.dll")] // the stub makes an import succeed with no cmdlets at all
    [InlineData("System.Security.Cryptography.Pkcs.dll")] // PowerShell brings it
    public void Bin_does_not_hold_what_power_shell_brings(string file)
    {
        Assert.False(File.Exists(Path.Combine(s_bin, file)), $"{file} is in bin");
    }

    [Fact]
    public void Bin_holds_the_dependencies()
    {
        Assert.NotEmpty(Directory.GetFiles(s_bin, "BouncyCastle*.dll"));
        Assert.True(File.Exists(Path.Combine(s_bin, "SecureStation.Core.dll")));
        Assert.True(File.Exists(Path.Combine(s_bin, "SecureStation.Loader.dll")));
    }

    [Theory]
    [InlineData("SecureStation.Legacy", "SecureStation.Legacy.dll")]
    [InlineData("SecureStation.Nats", "SecureStation.Nats.dll")]
    [InlineData("SecureStation.Nats", "NATS.Client.JetStream.dll")]
    public void What_may_be_deleted_is_carried_exactly_where_it_is_in_the_sources(string project, string file)
    {
        bool isThere = Directory.Exists(Path.Combine(RepositoryRoot.Path, "src", project));

        Assert.Equal(isThere, File.Exists(Path.Combine(s_bin, file)));
    }

    [Fact]
    public void The_tool_manifest_names_the_power_shell_that_the_tests_run_in()
    {
        string tools = File.ReadAllText(Path.Combine(RepositoryRoot.Path, ".config/dotnet-tools.json"));
        string packages = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "Directory.Packages.props"));
        string version = Regex.Match(packages, "<PowerShellVersion>(.+)</PowerShellVersion>").Groups[1].Value;

        Assert.Contains($"\"version\": \"{version}\"", tools, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SecureStation.PowerShell.dll")]
    [InlineData("SecureStation.Core.dll")]
    [InlineData("SecureStation.Loader.dll")]
    public void No_assembly_references_legacy_or_nats(string assembly)
    {
        using var image = new PEReader(File.OpenRead(Path.Combine(s_bin, assembly)));
        MetadataReader metadata = image.GetMetadataReader();

        Assert.DoesNotContain(
            metadata.AssemblyReferences,
            reference => metadata.GetString(metadata.GetAssemblyReference(reference).Name) is var name
                && (name.Contains("Legacy", StringComparison.Ordinal) || name.Contains("Nats", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Core_knows_nothing_of_power_shell()
    {
        using var image = new PEReader(File.OpenRead(Path.Combine(s_bin, "SecureStation.Core.dll")));
        MetadataReader metadata = image.GetMetadataReader();

        Assert.DoesNotContain(
            metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)),
            name => name.StartsWith("System.Management.Automation", StringComparison.Ordinal) || name.Contains("PowerShell", StringComparison.Ordinal));
    }

    private static IEnumerable<string> List(string key)
    {
        Match block = Regex.Match(s_manifest, $@"{key}\s*=\s*@\(([^)]*)\)");
        return Quoted().Matches(block.Groups[1].Value).Select(match => match.Groups[1].Value);
    }

    // By metadata, because the classes derive from PowerShell's, which is not here.
    private static IEnumerable<string> CmdletsOf(string assembly)
    {
        using var image = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = image.GetMetadataReader();
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            foreach (CustomAttributeHandle attributeHandle in metadata.GetTypeDefinition(handle).GetCustomAttributes())
            {
                CustomAttribute attribute = metadata.GetCustomAttribute(attributeHandle);
                if (attribute.Constructor.Kind != HandleKind.MemberReference)
                {
                    continue;
                }

                EntityHandle parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
                if (parent.Kind == HandleKind.TypeReference
                    && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)parent).Name) == "CmdletAttribute")
                {
                    // ECMA-335 II.23.3: a prolog of two bytes, then the constructor's arguments: verb and noun.
                    BlobReader blob = metadata.GetBlobReader(attribute.Value);
                    blob.ReadUInt16();
                    yield return $"{blob.ReadSerializedString()}-{blob.ReadSerializedString()}";
                }
            }
        }
    }

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("'(bin/[^']*)'")]
    private static partial Regex ModuleFile();
}
