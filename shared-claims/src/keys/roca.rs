//! RSA keys that a smart card made and anyone can take apart (ROCA, CVE-2017-15361).
//!
//! Their primes have the form `k * M + (65537^a mod M)`, where `M` is the product of the first primes. So modulo each
//! of those primes the modulus is a power of 65537, which for another modulus holds once in 100 million.

/// The odd primes in the smallest `M` that was used. Modulo 2 every modulus is 1.
const PRIMES: [u16; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
    113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Whether `modulus`, big end first, has the mark of these keys.
pub(super) fn has_mark(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| is_power_of_65537(remainder(modulus, *prime), *prime))
}

fn remainder(number: &[u8], prime: u16) -> u16 {
    number.iter().fold(0, |rest, byte| (rest * 256 + u16::from(*byte)) % prime)
}

fn is_power_of_65537(number: u16, prime: u16) -> bool {
    let base = remainder(&[1, 0, 1], prime);
    let mut power = 1;
    for _ in 0..prime {
        if power == number {
            return true;
        }
        power = power * base % prime;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 65537^exponent, big end first: times 65537 is shifted by two bytes and added.
    fn power(exponent: usize) -> Vec<u8> {
        let mut number = vec![1_u8];
        for _ in 0..exponent {
            let (high, low) = ([&number[..], &[0, 0]].concat(), [&[0, 0], &number[..]].concat());
            let mut carry = 0;
            let sum = high.iter().zip(&low).rev().map(|(high, low)| {
                let digit = u16::from(*high) + u16::from(*low) + carry;
                carry = digit >> 8;
                digit.to_le_bytes()[0]
            });
            number = sum.collect();
            number.reverse();
        }
        number
    }

    #[test]
    fn a_power_of_65537_has_the_mark_and_its_neighbour_has_not() {
        assert_eq!(power(2), [1, 0, 2, 0, 1]);
        for exponent in [0, 1, 2, 127, 128] {
            let mut number = power(exponent);
            assert!(has_mark(&number), "65537^{exponent}");
            *number.last_mut().unwrap() ^= 4;
            assert!(!has_mark(&number), "65537^{exponent} and 4");
        }
        assert!(!has_mark(&[0xff; 256]));
    }
}
