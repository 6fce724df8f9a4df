"""The record store as other systems speak to it: `/xapi/`, by xAPI 2.0 and 1.0.3."""
