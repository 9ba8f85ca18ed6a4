using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Legacy.DocumentNotary;

namespace SecureStation.Legacy.Tests.DocumentNotary;

/// <summary>Keys of the three parties, made once: a server of 1024 bits and a client of 2304, as S003's program needs them.</summary>
public sealed class NotaryFixture : IDisposable
{
    public const string Password = "mysecretpassword";

    public NotaryFixture()
    {
        Folder = Directory.CreateTempSubdirectory("notary-").FullName;
        Wire = new DocumentNotaryWire();
        Server = Make("server", 1024);
        Client = Make("1000", 2304);
        Make("short", 2048).Dispose();
    }

    public string Folder { get; }

    public INotaryWire Wire { get; }

    public LegacyKeyPair Server { get; }

    public LegacyKeyPair Client { get; }

    public string ServerPublicKey => File("server_publickey.bin");

    public static byte[] PasswordBytes => Encoding.ASCII.GetBytes(Password);

    public string File(string name) => Path.Combine(Folder, name);

    public INotaryServer Start(bool signEmptyHash = false, TimeSpan? timeout = null) => Wire.Start(new DocumentNotaryOptions
    {
        KeyPair = Server,
        PublicKeyDirectory = Folder,
        Port = 0,
        SignEmptyHash = signEmptyHash,
        RequestTimeout = timeout ?? TimeSpan.FromSeconds(60),
    });

    public DocumentReceiptRequest Request(int port, string document, string id = "1000", LegacyKeyPair? key = null) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Id = id,
        KeyPair = key ?? Client,
        ServerPublicKeyPath = ServerPublicKey,
        Document = Encoding.UTF8.GetBytes(document),
    };

    public DocumentForward Forward(int port, string document, DocumentReceipt receipt) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Password = PasswordBytes,
        Document = Encoding.UTF8.GetBytes(document),
        Receipt = receipt,
    };

    public ILegacyDocumentReceiver Receive(bool acceptEmptyHash = false) => Wire.StartReceiver(new LegacyReceiverOptions
    {
        Port = 0,
        Password = PasswordBytes,
        ServerPublicKeyPath = ServerPublicKey,
        AcceptEmptyHash = acceptEmptyHash,
    });

    public LegacyKeyPair Read(string name) => Wire.ReadKeyPair(System.IO.File.ReadAllText(File(name + ".pem")), default);

    public void Dispose()
    {
        Server.Dispose();
        Client.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private LegacyKeyPair Make(string id, int bits)
    {
        using RSA rsa = RSA.Create(bits);
        System.IO.File.WriteAllText(File(id + ".pem"), rsa.ExportPkcs8PrivateKeyPem());
        System.IO.File.WriteAllText(File(id + "_publickey.bin"), rsa.ExportSubjectPublicKeyInfoPem());
        return Wire.ReadKeyPair(rsa.ExportPkcs8PrivateKeyPem(), default);
    }
}
