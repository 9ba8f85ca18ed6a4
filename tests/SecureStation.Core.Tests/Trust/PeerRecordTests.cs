using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Tests.Trust;

public class PeerRecordTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" bob")]
    [InlineData("bob ")]
    [InlineData("bo\nb")]
    [InlineData("bo\u001b[2Jb")]
    public void Refuses_names_that_disguise_themselves(string name) =>
        StationAssert.Fails(StationFault.InvalidArgument, () => _ = new PeerRecord { Name = name, Fingerprint = Fingerprint.Of([]) });

    [Fact]
    public void Refuses_names_that_are_too_long() => Refuses_names_that_disguise_themselves(new string('a', PeerRecord.MaxNameLength + 1));

    [Fact]
    public void Keeps_each_address_once() =>
        Assert.Equal(
            ["a:1", "b:1"],
            new PeerRecord { Name = "x", Fingerprint = Fingerprint.Of([]), Addresses = ["B:1", "a:1", "b:1"] }.Addresses);
}
