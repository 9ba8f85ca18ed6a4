namespace SecureStation.Core.Tests.Keys;

/// <summary>Keys that openssl 3.0 made for the tests and that must be refused. The passphrase is "secret"; they protect nothing.</summary>
internal static class BadKeys
{
    // openssl ecparam -name prime256v1 -param_enc explicit -genkey -noout | openssl pkcs8 -topk8 -nocrypt
    public const string ExplicitCurvePrivate = """
        -----BEGIN PRIVATE KEY-----
        MIIBeQIBADCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAAB
        AAAAAAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA
        ///////////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMV
        AMSdNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg
        9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8A
        AAAA//////////+85vqtpxeehPO5ysL8YyVRAgEBBG0wawIBAQQgo0q30Vo60WOl
        12Mjb2fSQpfwCi6tlSFOTrfjw3C/iyihRANCAARdsgcCsjIc3ehls2NzQQF07Vqd
        69H+n6RNJXC0nwlLp0gEx9vLYfdpuWPJHzyiZXqnS4/PoSseFON1SapWefiq
        -----END PRIVATE KEY-----
        """;

    public const string ExplicitCurvePublic = """
        -----BEGIN PUBLIC KEY-----
        MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA
        AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////
        ///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd
        NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5
        RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA
        //////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABF2yBwKyMhzd6GWzY3NBAXTt
        Wp3r0f6fpE0lcLSfCUunSATH28th92m5Y8kfPKJleqdLj8+hKx4U43VJqlZ5+Ko=
        -----END PUBLIC KEY-----
        """;

    // openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3 | openssl pkey -pubout
    public const string RsaExponent3Public = """
        -----BEGIN PUBLIC KEY-----
        MIIBIDANBgkqhkiG9w0BAQEFAAOCAQ0AMIIBCAKCAQEAzmiUksEiK6oSi5NMl8R2
        1gElN0/MpYFWA3weLgQke5/WPk7IztkjAL+WEuDtSn8n5CAb4WkQdLae2jfIa1lx
        tTfT/03iuM58y7kXF53o+x3vq1AFKx6Kr9U2zIgD74arKPQ5VNt8mvHOCK1JyiCx
        vEnfYe94JaejAbXPllPSzBflK4rr+1ic9F248ldjUJHR2TOJNz2F6qyOo2peupJb
        tzKSxbgorOAJj7tspN36jWsUxwocq2YD0D7bjFljIOs92MGJYt4IFelzXcNsgWkp
        861QZX2ygYxl1fQEoRZSc+Ttp8v2aoGWbjXmk9TeZf+mbf++4mVcg9cs05uFE5+F
        uQIBAw==
        -----END PUBLIC KEY-----
        """;

    // openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES
    public const string Pbes1 = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MFgwHAYKKoZIhvcNAQwBAzAOBAjKKOrTmWex8AICCAAEOLh0b8vXDHJAL8cYGeaD
        mLz0At8BnQ1pnRASCs63+JKK06L11HSUl8w4UHrIwABANOXun40w0t6Z
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    // openssl pkcs8 -topk8 -scrypt
    public const string Scrypt = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIGTME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAi9Ai4jKB+N8gICQAAC
        AQgCAQEwHQYJYIZIAWUDBAEqBBALkE7048CkX5coBKFJROQiBEDS7b2zE13tjZk5
        rQCUK9XaRJC8k1RHAc42FlEWYW4Meuhk651oSxEr8eezhA2+NUnnuej2oB48gFNr
        fbA6bghP
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    // openssl pkcs8 -topk8 -v2 des3
    public const string TripleDes = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIGKME4GCSqGSIb3DQEFDTBBMCkGCSqGSIb3DQEFDDAcBAhdZfWA+cnGaAICCAAw
        DAYIKoZIhvcNAgkFADAUBggqhkiG9w0DBwQIbyrm/9KuDx4EOLBg8Rd69bjTvaKG
        j7xx4hrFffIY7qbs/StiuH2jb08cr6b35++79w5yGouE2k6IalL20JAkqJMb
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    // openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 20000000
    public const string TwentyMillionRounds = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIGdMFkGCSqGSIb3DQEFDTBMMCsGCSqGSIb3DQEFDDAeBAj8f1Tj0Zft+wIEATEt
        ADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQl5bg1XDXAZKb7+S6BMSPeQRA
        ccxO/NbPIMpNpe5e/SP7V51IGf0YyFHNWDGaYifZ/+/JSX0Afrb3DyVsH3qH2etA
        bSX4rv9pFjnpRb6ftIUUmA==
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    // The beginning of what openssl rsa -aes256 -traditional writes.
    public const string LegacyEncrypted = """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,F8B124D10FDC312F2F34A2C4979AAD46

        hDc9dA21Yko8rD1m50+33y0URrJtqyf10LMUROXaw+4/gktrzHevylmYvXQyWakq
        -----END RSA PRIVATE KEY-----
        """;
}
