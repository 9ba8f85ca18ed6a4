using System.Text.RegularExpressions;

namespace SecureStation.ModuleTests;

/// <summary>docs/architecture.md names what there is: a type that was renamed or moved is found here.</summary>
public partial class ArchitectureTests
{
    [Fact]
    public void Every_type_and_folder_that_the_page_names_is_there()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs/architecture.md"));
        string source = Path.Combine(RepositoryRoot.Path, "src");
        var there = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension)
            .Concat(Directory.EnumerateDirectories(source, "*", SearchOption.AllDirectories).Select(Path.GetFileName))
            .ToHashSet(StringComparer.Ordinal);
        string[] named = [.. InBackticks().Matches(page).Concat(InWalk().Matches(page)).Select(match => match.Groups[1].Value).Distinct()];

        Assert.True(named.Length > 50, $"Only {named.Length} names were found.");
        Assert.DoesNotContain(named, name => !there.Contains(name));
    }

    // `Name`, or `Folder/Name`: its last part.
    [GeneratedRegex("`(?:[A-Z][A-Za-z0-9]*/)?([A-Z][A-Za-z0-9]*)`")]
    private static partial Regex InBackticks();

    // A line of the walk begins with a type, and may name its method; assemblies are named with their dot.
    [GeneratedRegex(@"(?m)^ {4,}(?!SecureStation\.)([A-Z][A-Za-z0-9]+)(?:\.[A-Za-z]+)? {2,}")]
    private static partial Regex InWalk();
}
