namespace SecureStation.Core.Tests;

public class PublicApiTests
{
    /// <summary>A change to what others can see of Core is a decision, not an accident.</summary>
    [Fact]
    public void The_public_surface_of_Core_is_the_approved_one()
    {
        string path = Path.Combine(SharedFolder.RepositoryRoot(), "tests", "SecureStation.Core.Tests", "PublicApi.approved.txt");
        string actual = PublicApiPrinter.Print(typeof(StationException).Assembly);
        Approval.Verify(path, File.Exists(path) ? File.ReadAllText(path) : string.Empty, actual, () => actual);
    }
}
