using Mono.Cecil;

namespace SecureStation.Core.Tests.Rooms;

/// <summary>The folders of Core are its namespaces, and each leads one way: what the compiled types name is counted.</summary>
public class RoomTests
{
    private const string Root = "SecureStation.Core";

    private static readonly Lazy<ILookup<(string From, string To), string>> s_paths = new(ReadPaths);

    [Fact]
    public void No_two_rooms_need_each_other()
    {
        string[] both = [.. from path in s_paths.Value
            where string.CompareOrdinal(path.Key.From, path.Key.To) < 0 && s_paths.Value.Contains((path.Key.To, path.Key.From))
            select $"{Show(path)}\n    and {Show(s_paths.Value[(path.Key.To, path.Key.From)], path.Key.To, path.Key.From)}"];

        Assert.True(both.Length == 0, string.Join('\n', both));
    }

    [Fact]
    public void The_rooms_stand_one_above_another()
    {
        var above = s_paths.Value.Select(path => path.Key).ToHashSet();
        while (above.RemoveWhere(path => !above.Any(next => next.From == path.To)) > 0)
        {
            // What needs nobody any more stands at the bottom; what is left in the end goes round in rings.
        }

        Assert.True(above.Count == 0, string.Join('\n', above.Select(path => Show(s_paths.Value[path], path.From, path.To))));
    }

    [Fact]
    public void Each_type_of_core_lies_in_the_folder_of_its_namespace()
    {
        string folder = Path.Combine(SharedFolder.RepositoryRoot(), "src", Root);
        string[] astray = [.. from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            let relative = Path.GetRelativePath(folder, Path.GetDirectoryName(file)!)
            where relative.Split(Path.DirectorySeparatorChar)[0] is not ("obj" or "bin")
            let wanted = relative == "." ? Root : $"{Root}.{relative.Replace(Path.DirectorySeparatorChar, '.')}"
            where !File.ReadLines(file).Contains($"namespace {wanted};")
            select Path.GetRelativePath(folder, file)];

        Assert.Empty(astray);
    }

    [Fact]
    public void No_file_is_longer_than300_lines()
    {
        // HandshakeState is one object of its specification.
        string source = Path.Combine(SharedFolder.RepositoryRoot(), "src");
        string[] tooLong = [.. from file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && Path.GetFileName(file) != "HandshakeState.cs"
            let lines = File.ReadLines(file).Count()
            where lines > 300
            select $"{Path.GetRelativePath(source, file)}: {lines}"];

        Assert.Empty(tooLong);
    }

    private static string Show(IGrouping<(string From, string To), string> path) => Show(path, path.Key.From, path.Key.To);

    private static string Show(IEnumerable<string> names, string from, string to) => $"{from} needs {to}: {string.Join(", ", names.Distinct())}";

    private static ILookup<(string From, string To), string> ReadPaths()
    {
        using ModuleDefinition core = ModuleDefinition.ReadModule(typeof(StationException).Assembly.Location);
        return (from type in core.Types
                where type.Namespace.StartsWith(Root, StringComparison.Ordinal)
                from named in TypeReferences.Of(type)
                where named.Namespace.StartsWith(Root, StringComparison.Ordinal) && named.Namespace != type.Namespace
                select (Path: (type.Namespace, named.Namespace), Names: $"{type.Name} -> {named.Name}"))
            .ToLookup(found => found.Path, found => found.Names);
    }
}
