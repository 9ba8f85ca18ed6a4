// A driver of github.com/flynn/noise; see ../README.md.
package main

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/flynn/noise"
	"golang.org/x/crypto/curve25519"
)

var patterns = map[string]noise.HandshakePattern{
	"N": noise.HandshakeN, "K": noise.HandshakeK, "X": noise.HandshakeX,
	"NN": noise.HandshakeNN, "NK": noise.HandshakeNK, "NX": noise.HandshakeNX,
	"KN": noise.HandshakeKN, "KK": noise.HandshakeKK, "KX": noise.HandshakeKX,
	"XN": noise.HandshakeXN, "XK": noise.HandshakeXK, "XX": noise.HandshakeXX,
	"IN": noise.HandshakeIN, "IK": noise.HandshakeIK, "IX": noise.HandshakeIX,
}

var ciphers = map[string]noise.CipherFunc{"AESGCM": noise.CipherAESGCM, "ChaChaPoly": noise.CipherChaChaPoly}

var hashes = map[string]noise.HashFunc{
	"SHA256": noise.HashSHA256, "SHA512": noise.HashSHA512, "BLAKE2s": noise.HashBLAKE2s, "BLAKE2b": noise.HashBLAKE2b,
}

func main() {
	parts := strings.Split(os.Args[1], "_")
	initiator := os.Args[2] == "initiator"
	pattern, modifier, hasPsk := strings.Cut(parts[1], "psk")
	config := noise.Config{
		CipherSuite: noise.NewCipherSuite(noise.DH25519, ciphers[parts[3]], hashes[parts[4]]),
		Random:      rand.Reader,
		Pattern:     patterns[pattern],
		Initiator:   initiator,
		Prologue:    decode(os.Args[3]),
		PeerStatic:  decode(os.Args[5]),
	}
	if private := decode(os.Args[4]); private != nil {
		public, err := curve25519.X25519(private, curve25519.Basepoint)
		check(err)
		config.StaticKeypair = noise.DHKey{Private: private, Public: public}
	}
	if hasPsk {
		config.PresharedKey = decode(os.Args[6])
		config.PresharedKeyPlacement = int(modifier[0] - '0')
	}
	state, err := noise.NewHandshakeState(config)
	check(err)

	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<20)
	var toResponder, toInitiator *noise.CipherState
	for writes := initiator; toResponder == nil; writes = !writes {
		if writes {
			var message []byte
			message, toResponder, toInitiator, err = state.WriteMessage(nil, []byte("driver"))
			check(err)
			fmt.Println(">", hex.EncodeToString(message))
		} else {
			var payload []byte
			payload, toResponder, toInitiator, err = state.ReadMessage(nil, read(input))
			check(err)
			fmt.Println("=", hex.EncodeToString(payload))
		}
	}
	fmt.Println("#", hex.EncodeToString(state.ChannelBinding()))

	oneWay := len(config.Pattern.Messages) == 1
	for _, fromInitiator := range []bool{true, false} {
		cipher := toResponder
		if !fromInitiator {
			cipher = toInitiator
		}
		if oneWay && !fromInitiator {
			break
		}
		if fromInitiator == initiator {
			message, err := cipher.Encrypt(nil, nil, []byte("driver"))
			check(err)
			fmt.Println(">", hex.EncodeToString(message))
		} else {
			payload, err := cipher.Decrypt(nil, nil, read(input))
			check(err)
			fmt.Println("=", hex.EncodeToString(payload))
		}
	}
}

func read(input *bufio.Scanner) []byte {
	if !input.Scan() {
		os.Exit(3)
	}
	return decode(strings.TrimSpace(input.Text()))
}

func decode(text string) []byte {
	if text == "-" {
		return nil
	}
	bytes, err := hex.DecodeString(text)
	check(err)
	return bytes
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
