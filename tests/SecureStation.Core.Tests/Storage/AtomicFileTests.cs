using SecureStation.Core.Storage;

namespace SecureStation.Core.Tests.Storage;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_two_who_take_a_name_at_once_one_gets_it()
    {
        using var together = new Barrier(2);
        for (int round = 0; round < 300; round++)
        {
            string target = _folder.File($"{round}");
            int[] won = await Task.WhenAll(Enumerable.Range(0, 2).Select(who => Task.Factory.StartNew(
                () => Take(who), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Assert.Equal(1, won.Sum());
            Assert.Equal($"{Array.IndexOf(won, 1)}", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));

            int Take(int who)
            {
                string temporary = $"{target}.{who}.tmp";
                File.WriteAllText(temporary, $"{who}");
                Assert.True(together.SignalAndWait(TimeSpan.FromSeconds(30)));
                bool isMine = AtomicFile.TryMove(temporary, target, overwrite: false);
                Assert.Equal(isMine, !File.Exists(temporary));
                return isMine ? 1 : 0;
            }
        }
    }
}
