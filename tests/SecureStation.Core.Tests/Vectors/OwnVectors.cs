namespace SecureStation.Core.Tests.Vectors;

/// <summary>The repository's own test vectors: <c>tests/vectors</c>, whose README says where each set comes from.</summary>
internal static class OwnVectors
{
    /// <summary>The path of one of their files or folders.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([SharedFolder.RepositoryRoot(), "tests", "vectors", .. parts]);
}
